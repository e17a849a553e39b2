/** What the commands do: load models and images, run, measure, leave the results behind. */
package io.aktnode.ops.job;
