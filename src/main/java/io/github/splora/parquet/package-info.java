/** Writing tables as Apache Parquet, the format of columns that data tools read. */
@NullMarked
package io.github.splora.parquet;

import org.jspecify.annotations.NullMarked;
