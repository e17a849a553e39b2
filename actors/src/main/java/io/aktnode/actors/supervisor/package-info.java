/** The actor that keeps a run healthy, and what it keeps of the run. */
package io.aktnode.actors.supervisor;
