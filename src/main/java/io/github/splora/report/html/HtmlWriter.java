package io.github.splora.report.html;

import io.github.splora.report.ReportWriter;
import io.github.splora.report.RunReport;

/** Writes the report of a run as one self-contained HTML page. */
public final class HtmlWriter implements ReportWriter {

    @Override
    public String write(RunReport report) {
        String style = Template.resource("report.css");
        String script = Template.resource("report.js");
        return Template.fill("report.html", Page.of(report, Template.policy(style, script), style, script));
    }
}
