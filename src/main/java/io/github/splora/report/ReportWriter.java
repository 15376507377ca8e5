package io.github.splora.report;

/** One way to show a report. */
public interface ReportWriter {

    /** The whole text, with a final line break. */
    String write(RunReport report);
}
