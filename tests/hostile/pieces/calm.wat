;;@init-host
;;@periodic-tasks
;;@run-periodic-task
;;@service
