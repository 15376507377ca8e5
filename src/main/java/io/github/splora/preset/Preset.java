package io.github.splora.preset;

/**
 * A well-known pair of models.
 *
 * @param name of the preset, such as {@code llama-3.1-8b-instruct}
 * @param title a line about it
 * @param base hub id of the model before alignment
 * @param aligned hub id of the aligned model
 */
public record Preset(String name, String title, String base, String aligned) {}
