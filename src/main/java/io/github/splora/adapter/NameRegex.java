package io.github.splora.adapter;

import io.github.splora.error.BadInputException;
import io.github.splora.regex.BoundedRegex;
import io.github.splora.regex.python.PythonPattern;
import java.util.Optional;
import java.util.function.Function;

/** A compiled expression of a PEFT config. A name that it cannot be matched with for certain is refused. */
final class NameRegex {

    private final PythonPattern python;
    private final BoundedRegex java;
    private final Function<String, BadInputException> refusal;

    NameRegex(PythonPattern python, BoundedRegex java, Function<String, BadInputException> refusal) {
        this.python = python;
        this.java = java;
        this.refusal = refusal;
    }

    /** Whether the whole name matches, as with {@code re.fullmatch}. */
    boolean matches(String name) {
        check(name);
        return java.matches(name);
    }

    /** Whether the name begins with a match, as with {@code re.match}. */
    boolean lookingAt(String name) {
        check(name);
        return java.lookingAt(name);
    }

    /** Returns the named group of a match at the start of the name, if there is one and the group took part in it. */
    Optional<String> groupAtStart(String name, String group) {
        check(name);
        return java.groupAtStart(name, python.javaGroup(group));
    }

    private void check(String name) {
        python.doubtAbout(name).ifPresent(reason -> {
            throw refusal.apply(reason);
        });
    }
}
