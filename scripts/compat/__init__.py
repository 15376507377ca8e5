"""The compatibility run: adapters and checkpoints as found in practice, most of them made by PEFT on tiny random models."""
