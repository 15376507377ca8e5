package io.github.splora.report;

/** The formats, as named by {@code --format}. */
public enum ReportFormat {
    TABLE("table"),
    JSON("json"),
    CSV("csv"),
    MARKDOWN("markdown"),
    SARIF("sarif"),
    JUNIT("junit");

    private final String label;

    ReportFormat(String label) {
        this.label = label;
    }

    /** @param layout of a table; other formats have their own */
    public ReportWriter writer(TableLayout layout) {
        return switch (this) {
            case TABLE -> new TableWriter(layout);
            case JSON -> RunReport::toJson;
            case CSV -> new CsvWriter();
            case MARKDOWN -> new MarkdownWriter();
            case SARIF -> new SarifWriter();
            case JUNIT -> new JunitWriter();
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
