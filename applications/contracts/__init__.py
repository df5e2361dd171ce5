"""供水合同签署后置: the contract that is made when the water is on, and signed by a code."""
