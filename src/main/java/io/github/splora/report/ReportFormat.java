package io.github.splora.report;

/** The formats, as named by {@code --format}. */
public enum ReportFormat {
    TABLE("table"),
    JSON("json"),
    CSV("csv"),
    MARKDOWN("markdown");

    private final String label;

    ReportFormat(String label) {
        this.label = label;
    }

    /** @param color whether to use escape sequences for color */
    public ReportWriter writer(boolean color) {
        return switch (this) {
            case TABLE -> new TableWriter(color);
            case JSON -> RunReport::toJson;
            case CSV -> new CsvWriter();
            case MARKDOWN -> new MarkdownWriter();
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
