/**
 * The HTML reports: the data that the templates show, and filling the templates. Does not read or write users' files.
 */
package io.github.splora.report.html;
