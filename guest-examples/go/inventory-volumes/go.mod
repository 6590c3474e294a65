module inventory-volumes

go 1.24

require (
	inventory v0.1.0
	tourbillon v0.1.0
)

replace inventory => ../inventory

replace tourbillon => ../../../sdk/go
