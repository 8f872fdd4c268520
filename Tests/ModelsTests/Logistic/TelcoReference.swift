/// L2 logistic regression (C = 1) on the public Telco churn table, rows i % 5 == 0 held out: the coefficients of the
/// unique optimum, found with an 80-bit gradient, and scikit-learn's newton-cholesky within 2.3e-13 of them.
enum TelcoReference {
  static let objective = 2320.729316736469
  static let trainLogLoss = 0.41137130724912885
  static let testAUC = 0.8354201014091517
  static let testLogLoss = 0.4259203959338901
  static let testBrier = 0.14005473723161563
  static let firstTestProbabilities = [
    0.6408366567922781, 0.7933064051922932, 0.21528886982698484, 0.031949980465890114, 0.7457743555555988,
  ]
  static let coefficients: [String: Double] = [
    "(intercept)": -1.529553585136679,
    "gender=Male": -0.07117051262180125,
    "SeniorCitizen": 0.07639447341341525,
    "Partner=Yes": 0.031099208767260515,
    "Dependents=Yes": -0.20509918355744233,
    "tenure": -1.3944647748138892,
    "PhoneService=Yes": -0.19458790619407682,
    "MultipleLines=No phone service": 0.1945879061940768,
    "MultipleLines=Yes": 0.236522416782284,
    "InternetService=Fiber optic": 0.8461100635493904,
    "InternetService=No": -0.14276050027067558,
    "OnlineSecurity=No internet service": -0.14276050027067558,
    "OnlineSecurity=Yes": -0.35202777693273685,
    "OnlineBackup=No internet service": -0.14276050027067558,
    "OnlineBackup=Yes": -0.2068627803310242,
    "DeviceProtection=No internet service": -0.14276050027067558,
    "DeviceProtection=Yes": -0.017581507184781537,
    "TechSupport=No internet service": -0.14276050027067558,
    "TechSupport=Yes": -0.35440075973601975,
    "StreamingTV=No internet service": -0.14276050027067558,
    "StreamingTV=Yes": 0.24449955879582072,
    "StreamingMovies=No internet service": -0.14276050027067558,
    "StreamingMovies=Yes": 0.2570285083002683,
    "Contract=One year": -0.6813040550818849,
    "Contract=Two year": -1.2308705311727077,
    "PaperlessBilling=Yes": 0.3946140392719655,
    "PaymentMethod=Credit card (automatic)": -0.10371703523056312,
    "PaymentMethod=Electronic check": 0.3774022479981206,
    "PaymentMethod=Mailed check": -0.040409543966370844,
    "MonthlyCharges": -0.17692258378787193,
    "TotalCharges": 0.6312755907833532,
  ]
}
