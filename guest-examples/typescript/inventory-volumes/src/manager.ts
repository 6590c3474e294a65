// The component of the inventory of volumes.

export { default } from "../../inventory/src/volumes.ts";
