"""The parts of the pipeline in config.yml that Rasa does not have."""
