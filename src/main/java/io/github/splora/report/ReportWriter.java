package io.github.splora.report;

/** Writes a report in one format. */
public interface ReportWriter {

    /** Returns the whole text, with a final line break. */
    String write(RunReport report);
}
