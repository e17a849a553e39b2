/**
 * What a run shows and leaves behind: progress, metrics, plots, result.json, the table at the end.
 */
package io.aktnode.ops.report;
