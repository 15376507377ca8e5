package io.github.splora.regex;

/** Thrown when a match is abandoned; the message gives the reason. */
final class TooCostlyException extends RuntimeException {

    TooCostlyException(String message) {
        super(message);
    }
}
