/**
 * Evaluates candidate adapters: runs the evaluation command, compares candidates, searches for better ones, and
 * describes the result. Does not depend on how a candidate is made.
 */
package io.github.splora.sweep;
