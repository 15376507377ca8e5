package io.github.splora.adapter;

import java.util.stream.Stream;

/** The name suffixes by which PEFT's lists of module names match. */
public final class ModuleNames {

    private ModuleNames() {}

    /** Returns a name and each of its suffixes that follow a dot: {@code a.b.c}, {@code b.c}, {@code c}. */
    public static Stream<String> ends(String name) {
        return Stream.iterate(name, end -> end != null, end -> {
            int dot = end.indexOf('.');
            return dot < 0 ? null : end.substring(dot + 1);
        });
    }
}
