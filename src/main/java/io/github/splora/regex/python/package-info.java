/**
 * Python's regular expressions, as PEFT configs contain them: parsed by the rules of Python's {@code re}, then written
 * for Java with only those constructs that mean the same in both. What differs, or differs between versions of Python,
 * is refused by name.
 */
package io.github.splora.regex.python;
