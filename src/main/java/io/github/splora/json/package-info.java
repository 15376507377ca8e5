/**
 * Reads and writes the JSON of configs and reports: rejects duplicate keys and keeps every digit of a number. Does not
 * know what the documents mean.
 */
package io.github.splora.json;
