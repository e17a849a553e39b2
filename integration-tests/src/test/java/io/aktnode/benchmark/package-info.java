/** JMH benchmarks of kernels, networks and transport; docs/performance.md says how to run them. */
package io.aktnode.benchmark;
