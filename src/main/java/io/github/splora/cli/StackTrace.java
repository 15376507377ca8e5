package io.github.splora.cli;

import io.github.splora.error.Printable;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Prints stack traces whose messages, which may quote input files, cannot act on a terminal. */
final class StackTrace {

    private StackTrace() {}

    static void print(Throwable thrown, PrintWriter to) {
        Set<Throwable> shown = Collections.newSetFromMap(new IdentityHashMap<>());
        String caption = "";
        for (@Nullable Throwable each = thrown; each != null && shown.add(each); each = each.getCause()) {
            to.println(Printable.line(caption + each));
            for (StackTraceElement element : each.getStackTrace()) {
                to.println("\tat " + Printable.text(element.toString()));
            }
            caption = "Caused by: ";
        }
    }
}
