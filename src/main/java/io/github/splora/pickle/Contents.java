package io.github.splora.pickle;

import java.util.Map;

/**
 * What a PyTorch file holds, in either of its two forms.
 *
 * @param root the pickled object
 * @param storages where the bytes of each storage are, by key
 */
record Contents(Object root, Map<String, Extent> storages) {}
