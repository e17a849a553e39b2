/** A run spread over processes: who bears which role, and what happens when one of them is lost. */
package io.aktnode.actors.cluster;
