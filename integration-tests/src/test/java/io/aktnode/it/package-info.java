/** The whole system as its users meet it: processes, ports, files. */
package io.aktnode.it;
