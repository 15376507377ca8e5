/**
 * Accounts for what a fine-tune changes besides its modules: saved weights, biases, embeddings, norms, new and missing tensors.
 * Compares each with its aligned counterpart and computes the norm of the change.
 */
package io.github.splora.effects;
