package io.github.splora.regex;

/** A match was given up; the message says why. */
final class TooCostlyException extends RuntimeException {

    TooCostlyException(String message) {
        super(message);
    }
}
