/**
 * Judging candidate adapters by what an evaluation says of them: running it, telling good ones from dominated ones,
 * looking for better ones, and the document that results. Knows nothing of how a candidate is made.
 */
package io.github.splora.sweep;
