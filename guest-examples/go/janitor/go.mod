module janitor

go 1.24

require tourbillon v0.1.0

replace tourbillon => ../../../sdk/go
