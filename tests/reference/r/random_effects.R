# Random-effects meta-analysis by metafor: tau^2, coefficients, Q and drawn-in effects.
#
#   Rscript random_effects.R <output directory>
#
# reads random_effects_data.csv there and writes random_effects.csv (method, model, quantity, term, value).

suppressMessages(library(metafor))

output <- commandArgs(trailingOnly = TRUE)[1]
stopifnot(!is.na(output))
data <- read.csv(file.path(output, "random_effects_data.csv"))
exact <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)

rows <- list()
put <- function(method, model, quantity, values) {
  for (i in seq_along(values)) {
    rows[[length(rows) + 1]] <<- data.frame(
      method = method, model = model, quantity = quantity, term = i - 1, value = sprintf("%.17g", values[i])
    )
  }
}
for (method in c("REML", "PM")) {
  for (model in c("mean", "line")) {
    found <- if (model == "mean") {
      rma(y, v, data = data, method = method, control = exact)
    } else {
      rma(y, v, mods = ~x, data = data, method = method, control = exact)
    }
    put(method, model, "variance", found$tau2)
    put(method, model, "coefficient", as.vector(coef(found)))
    put(method, model, "std_error", found$se)
    put(method, model, "heterogeneity", c(found$QE, found$QEp))
    put(method, model, "drawn", blup(found)$pred)
  }
}
write.csv(do.call(rbind, rows), file.path(output, "random_effects.csv"), row.names = FALSE, quote = FALSE)
