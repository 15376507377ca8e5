package io.github.splora.report;

/** The formats by the names that {@code --format} takes. */
public enum ReportFormat {
    TABLE("table"),
    JSON("json"),
    CSV("csv"),
    MARKDOWN("markdown");

    private final String label;

    ReportFormat(String label) {
        this.label = label;
    }

    /** @param color whether escape sequences are welcome */
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
