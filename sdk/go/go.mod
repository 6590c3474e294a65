module tourbillon

go 1.24
