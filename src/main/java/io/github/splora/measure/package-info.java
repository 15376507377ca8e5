/**
 * Measures modules: walks over their weights and compares each delta with a reference. Knows distances and norms, but
 * not scores or files.
 */
package io.github.splora.measure;
