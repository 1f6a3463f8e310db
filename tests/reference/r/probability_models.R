# Average effects and their jackknife by region in probability models, by glm and MASS::polr.
#
#   Rscript probability_models.R <output directory>
#
# reads probability_panel.csv beside itself and writes probability_models.csv (model, quantity, value in 17 digits).

suppressMessages(library(MASS))

arguments <- commandArgs()
folder <- dirname(sub("^--file=", "", arguments[grep("^--file=", arguments)]))
output <- commandArgs(trailingOnly = TRUE)[1]
stopifnot(!is.na(output))
panel <- read.csv(file.path(folder, "probability_panel.csv"))
panel$time <- relevel(factor(panel$year), "2017")
panel$before <- as.numeric(panel$year == 2016)
panel$after <- as.numeric(panel$year >= 2018)
panel$weighed <- panel$weight
tight <- glm.control(epsilon = 1e-15, maxit = 200)

share <- function(family) function(rows) {
  fitted <- suppressWarnings(
    glm(share ~ time * (dose + formula), family, rows, weights = weighed, control = tight)
  )
  slope <- family$mu.eta(fitted$linear.predictors)
  mean(sapply(c("2018", "2019"), function(year) {
    here <- rows$time == year
    coef(fitted)[paste0("time", year, ":dose")] * weighted.mean(slope[here], rows$weighed[here])
  }))
}

hazard <- function(family) function(rows) {
  rows <- rows[!is.na(rows$closed), ]
  fitted <- suppressWarnings(glm(
    closed ~ time + factor(stratum) + (dose + formula) + (dose + formula):before + (dose + formula):after,
    family, rows, weights = weighed, control = tight
  ))
  slope <- family$mu.eta(fitted$linear.predictors)
  here <- rows$after == 1
  coef(fitted)["dose:after"] * weighted.mean(slope[here], rows$weighed[here])
}

ordered_answer <- function(rows) {
  rows$category <- factor(rows$answer)
  fitted <- polr(
    category ~ time * (dose + formula), rows, weights = weighed, Hess = FALSE,
    control = list(reltol = 1e-15, maxit = 5000)
  )
  slope <- dlogis(fitted$lp - fitted$zeta[length(fitted$zeta)])
  mean(sapply(c("2018", "2019"), function(year) {
    here <- rows$time == year
    coef(fitted)[paste0("time", year, ":dose")] * weighted.mean(slope[here], rows$weighed[here])
  }))
}

models <- list(
  "fractional logit" = share(quasibinomial("logit")),
  "fractional probit" = share(quasibinomial("probit")),
  "hazard complementary log-log" = hazard(quasibinomial("cloglog")),
  "hazard linear" = hazard(gaussian()),
  "ordered logit" = ordered_answer
)
results <- do.call(rbind, lapply(names(models), function(name) {
  effect <- unname(models[[name]](panel))
  regions <- unique(panel$region)
  without <- sapply(regions, function(region) unname(models[[name]](panel[panel$region != region, ])))
  error <- sqrt((length(regions) - 1) / length(regions) * sum((without - effect)^2))
  data.frame(model = name, quantity = c("effect", "std_error"), value = sprintf("%.17g", c(effect, error)))
}))

beetles <- data.frame(
  dose = c(1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839),
  number = c(59, 60, 62, 56, 63, 59, 62, 60), killed = c(6, 13, 18, 28, 52, 53, 61, 60)
)
killed <- glm(cbind(killed, number - killed) ~ dose, binomial("cloglog"), beetles, control = tight)
satisfied <- polr(
  Sat ~ Infl + Type + Cont, housing, weights = Freq, control = list(reltol = 1e-15, maxit = 5000)
)
print(satisfied)
printed <- c(coef(killed), coef(satisfied), satisfied$zeta)
results <- rbind(results, data.frame(
  model = rep(c("beetles", "housing"), c(2, 8)), quantity = names(printed), value = sprintf("%.17g", printed)
))
write.csv(results, file.path(output, "probability_models.csv"), row.names = FALSE, quote = FALSE)
