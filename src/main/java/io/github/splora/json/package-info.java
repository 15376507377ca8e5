/**
 * Reads and writes the JSON of configs and reports: rejects duplicate keys and keeps every digit of a number. Reads YAML as the JSON
 * that it means. Does not know what the documents mean.
 */
package io.github.splora.json;
