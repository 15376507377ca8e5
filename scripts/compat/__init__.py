"""The compatibility run: adapters and checkpoints as found in practice, mostly made by PEFT on tiny models."""
