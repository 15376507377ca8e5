package io.github.splora.pickle;

/**
 * A part of a file.
 *
 * @param begin offset of its first byte from the start of the file
 * @param length in bytes
 */
record Extent(long begin, long length) {

    long end() {
        return begin + length;
    }
}
