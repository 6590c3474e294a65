// The component of the inventory of servers.

export { default } from "../../inventory/src/servers.ts";
