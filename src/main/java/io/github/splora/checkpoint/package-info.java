/**
 * Whole models on disk: the shards behind an index, the local Hugging Face cache, quantization and fingerprints. Does
 * not know adapters.
 */
package io.github.splora.checkpoint;
