"""The compatibility run: adapters and checkpoints as they occur in the wild, each made by PEFT on a tiny random model."""
