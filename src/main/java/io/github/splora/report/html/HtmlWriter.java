package io.github.splora.report.html;

import io.github.splora.report.ReportWriter;
import io.github.splora.report.RunReport;

/** A run as a page for people in one file. */
public final class HtmlWriter implements ReportWriter {

    @Override
    public String write(RunReport report) {
        String style = Template.resource("report.css");
        String script = Template.resource("report.js");
        return Template.fill("report.html", Page.of(report, Template.policy(style, script), style, script));
    }
}
