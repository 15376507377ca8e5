/** The HTML report: the data that its template can show, and the template itself. Does not read or write files. */
package io.github.splora.report.html;
