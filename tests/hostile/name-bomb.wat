;; Traps in a function whose name, read as C++, is a hundred million letters long.
;; expect: trap — what a guest names its functions must cost the host nothing.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func $_Z1f1tIiiES_IS0_S0_S0_ES_IS1_S1_S1_ES_IS2_S2_S2_ES_IS3_S3_S3_ES_IS4_S4_S4_ES_IS5_S5_S5_ES_IS6_S6_S6_ES_IS7_S7_S7_ES_IS8_S8_S8_ES_IS9_S9_S9_ES_ISA_SA_SA_ES_ISB_SB_SB_ES_ISC_SC_SC_ES_ISD_SD_SD_E unreachable)
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $_Z1f1tIiiES_IS0_S0_S0_ES_IS1_S1_S1_ES_IS2_S2_S2_ES_IS3_S3_S3_ES_IS4_S4_S4_ES_IS5_S5_S5_ES_IS6_S6_S6_ES_IS7_S7_S7_ES_IS8_S8_S8_ES_IS9_S9_S9_ES_ISA_SA_SA_ES_ISB_SB_SB_ES_ISC_SC_SC_ES_ISD_SD_SD_E)
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
