// Package compose is the test of docker-compose.yml, deploy/Dockerfile and what
// they mount, on machines without a container engine. The files are read by the
// libraries of Docker itself; the programs are built by the Dockerfile's own
// commands and started by the services' own, with the mounted files. Only that the
// images can be pulled is left to believe.
package compose
