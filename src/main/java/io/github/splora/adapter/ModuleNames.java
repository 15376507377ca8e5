package io.github.splora.adapter;

import java.util.stream.Stream;

/** What PEFT's lists of module names match by. */
public final class ModuleNames {

    private ModuleNames() {}

    /** A name and all that follows one of its dots: {@code a.b.c}, {@code b.c}, {@code c}. */
    public static Stream<String> ends(String name) {
        return Stream.iterate(name, end -> end != null, end -> {
            int dot = end.indexOf('.');
            return dot < 0 ? null : end.substring(dot + 1);
        });
    }
}
