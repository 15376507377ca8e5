package io.github.splora.pickle;

import java.util.Map;

/**
 * The contents of a PyTorch file in either format.
 *
 * @param root the pickled object
 * @param storages location of each storage's bytes, by key
 */
record Contents(Object root, Map<String, Extent> storages) {}
