/**
 * PEFT LoRA adapters on disk: their config, the keys of their tensors, and the modules that these form. Does not know
 * checkpoints.
 */
package io.github.splora.adapter;
