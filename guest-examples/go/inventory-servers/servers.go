// The component of the inventory of servers.
package main

import (
	"inventory/servers"
	"tourbillon"
)

func init() { tourbillon.Export(servers.New) }

func main() {}
