console.log("The page is here, and its script runs.");
