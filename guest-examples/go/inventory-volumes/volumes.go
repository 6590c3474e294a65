// The component of the inventory of volumes.
package main

import (
	"inventory/volumes"
	"tourbillon"
)

func init() { tourbillon.Export(volumes.New) }

func main() {}
